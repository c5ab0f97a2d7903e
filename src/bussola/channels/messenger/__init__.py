"""The page on Messenger: a signed webhook in, the Graph API out."""
