sign-in-title = Sign in
sign-in-username = User name
sign-in-password = Password
sign-in-button = Sign in
sign-in-enrol = I have a paper code from my clinic
sign-in-trouble = Trouble signing in? Call
sign-in-wrong = The user name or the password is not right. Check both and try again.
