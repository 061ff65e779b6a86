"""What a connection is made of: settings, mapping and names. Pure; nothing here reads a table or the network."""
