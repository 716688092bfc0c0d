# Mails. They say that there is something to read and nothing else.
notice-message-subject = You have a new message
notice-message-body = You have a new message. Please sign in to read it:

# About the account. No name, no team, no word of a message.
notice-password-subject = Your password was changed
notice-password-body = The password of your account was changed. Was it you? Then you need not do anything.
notice-factor-subject = Your second lock was changed
notice-factor-body = The second lock of your account was set up or taken off. Was it you? Then you need not do anything.
notice-address-subject = Your email address was changed
notice-address-body = The email address of your account was changed. Was it you? Then you need not do anything.
notice-paper-subject = A new paper code was made for you
notice-paper-body = A new paper code was made for your account. Did you ask for it? Then you need not do anything.
notice-not-you = Was it not you? Call us at { $phone }.
notice-code-subject = Your code for your email address
notice-code-body = Your code is { $code }. It works for 30 minutes. Did you not ask for it? Then you need not do anything.
