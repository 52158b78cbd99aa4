"""Send a campaign so that each person gets it once: claim, mark, done (docs/architecture.md).

`outbox` holds the moves of a row, `journal` what a server said before the database knew, `guard` who may send at
all, `confirmations` the mails that ask whether an address is right, `worker` the loop that does it.
"""
