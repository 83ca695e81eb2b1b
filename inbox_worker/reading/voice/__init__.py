"""The second reader: a small neural network, trained on letters, that reads a message without the grammar."""
