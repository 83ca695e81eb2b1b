"""The whole flow through real processes: commands as an operator types them, a real server, files on disk."""
