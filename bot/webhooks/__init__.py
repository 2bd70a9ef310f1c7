"""What happens to incidents, told to other systems."""
