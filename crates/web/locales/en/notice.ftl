# Mails. They say that there is something to read and nothing else.
notice-message-subject = You have a new message
notice-message-body = You have a new message. Please sign in to read it:
