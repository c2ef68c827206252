"""i-Reserve's REST interface, over its documented methods only."""
