"""The branded sign-in pages, and the flow behind them."""
