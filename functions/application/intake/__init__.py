"""What comes in: webhooks and notifications, verified and turned into hints.

Reads no booking and no event. Next: the queue, then `application/dispatch.py`.
"""
