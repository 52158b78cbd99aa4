"""Find listings: understand the words, ask the database once, filter and count in memory."""
