"""What follows from questions about services: answers, once or again for a while."""
