"""What follows from incidents: channels, headlines, posts, pages, clocks."""
