# Mails. They say that there is something to read and nothing else.
notice-message-subject = You have a new message
notice-message-body = You have a new message. Please sign in to read it:
notice-late-subject = A message is waiting for an answer
notice-late-body = An answer is late or nearly late. Please sign in to see what is waiting:
notice-returned-subject = A message is back in the queue
notice-returned-body = Nobody finished a message that was taken. It is back in the team's list. Please sign in to see it:
notice-handed-subject = Messages were handed to your team
notice-handed-body = A team has ended, and its open messages are with your team now. Please sign in to see them:

# About the account. No name, no team, no word of a message.
notice-password-subject = Your password was changed
notice-password-body = The password of your account was changed. Was it you? Then you need not do anything.
notice-factor-subject = Your second lock was changed
notice-factor-body = The second lock of your account was set up or taken off. Was it you? Then you need not do anything.
notice-address-subject = Your email address was changed
notice-address-body = The email address of your account was changed. Was it you? Then you need not do anything.
# Only to the old address; the link follows.
notice-address-undo = Was it not you? Open this link to use this email address again and sign everybody out. It works for 7 days, one time:
notice-address-undone-subject = Your old email address is back
notice-address-undone-body = The email address of your account was changed back from the old address, and everybody was signed out of the account. Was it you? Then you need not do anything.
notice-address-second-subject = Your second email address was changed
notice-address-second-body = The second email address of your account was added, changed or taken away. Was it you? Then you need not do anything.
notice-paper-subject = A new paper code was made for you
notice-paper-body = A new paper code was made for your account. Did you ask for it? Then you need not do anything.
notice-not-you = Was it not you? Call us at { $phone }.
notice-code-subject = Your code for your email address
notice-code-body = Your code is { $code }. It works for 30 minutes. Did you not ask for it? Then you need not do anything.

notice-unread-subject = A message has not been opened yet
notice-unread-body = A message has not been opened yet. Please sign in to read it:
