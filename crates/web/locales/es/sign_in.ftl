sign-in-title = Entrar
sign-in-username = Nombre de usuario
sign-in-password = Contraseña
sign-in-button = Entrar
sign-in-enrol = Tengo un código en papel de mi clínica
sign-in-trouble = ¿No puede entrar? Llame al
sign-in-wrong = El nombre de usuario o la contraseña no son correctos. Revise los dos y vuelva a intentarlo.
