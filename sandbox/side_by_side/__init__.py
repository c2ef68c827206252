"""Both sandbox pages side by side, with what the product decided in between."""
