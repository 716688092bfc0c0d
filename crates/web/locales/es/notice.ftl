# Correos. Dicen que hay algo que leer y nada más.
notice-message-subject = Tiene un mensaje nuevo
notice-message-body = Tiene un mensaje nuevo. Inicie sesión para leerlo:
