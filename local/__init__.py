"""What runs beside Lifeguard on a developer's machine and in its tests. The product never imports this package."""
