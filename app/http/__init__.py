"""What every request passes through: who asks, what was sent, what is answered when it is wrong."""
