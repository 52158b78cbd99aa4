"""Read what comes back to the addresses that each copy is sent from."""
