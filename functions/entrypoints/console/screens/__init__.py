"""The pages, one module each; registry.py lists them in the order of the menu."""
