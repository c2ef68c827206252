"""What comes in: webhooks and notifications with their proof, and the hint that each of them is.

No booking and no event is read here. Next: the queue, then `application/dispatch.py`.
"""
