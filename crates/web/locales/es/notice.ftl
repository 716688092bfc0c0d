# Correos. Dicen que hay algo que leer y nada más.
notice-message-subject = Tiene un mensaje nuevo
notice-message-body = Tiene un mensaje nuevo. Inicie sesión para leerlo:
notice-late-subject = Un mensaje espera respuesta
notice-late-body = Una respuesta va tarde o casi. Entre para ver qué está esperando:
notice-returned-subject = Un mensaje volvió a la lista
notice-returned-body = Nadie terminó un mensaje que estaba tomado. Está de nuevo en la lista del equipo. Entre para verlo:
notice-handed-subject = Su equipo tiene mensajes de otro equipo
notice-handed-body = Un equipo dejó de existir y sus mensajes pendientes están ahora con su equipo. Inicie sesión para verlos:

# Sobre la cuenta. Sin nombres, sin equipos, sin palabras de los mensajes.
notice-password-subject = Se cambió su contraseña
notice-password-body = Se cambió la contraseña de su cuenta. ¿Fue usted? Entonces no tiene que hacer nada.
notice-factor-subject = Se cambió su segunda llave
notice-factor-body = Se activó o se quitó la segunda llave de su cuenta. ¿Fue usted? Entonces no tiene que hacer nada.
notice-address-subject = Se cambió su correo electrónico
notice-address-body = Se cambió el correo electrónico de su cuenta. ¿Fue usted? Entonces no tiene que hacer nada.
# Solo al correo anterior; después va el enlace.
notice-address-undo = ¿No fue usted? Abra este enlace para volver a usar este correo y cerrar todas las sesiones. Sirve durante 7 días, una sola vez:
notice-address-undone-subject = Volvió su correo electrónico anterior
notice-address-undone-body = Desde el correo anterior se deshizo el cambio de correo electrónico de su cuenta, y se cerraron todas las sesiones. ¿Fue usted? Entonces no tiene que hacer nada.
notice-address-second-subject = Se cambió su segundo correo electrónico
notice-address-second-body = Se agregó, se cambió o se quitó el segundo correo electrónico de su cuenta. ¿Fue usted? Entonces no tiene que hacer nada.
notice-paper-subject = Se hizo un nuevo código en papel para usted
notice-paper-body = Se hizo un nuevo código en papel para su cuenta. ¿Lo pidió usted? Entonces no tiene que hacer nada.
notice-not-you = ¿No fue usted? Llámenos al { $phone }.
notice-code-subject = El código para su correo electrónico
notice-code-body = Su código es { $code }. Sirve durante 30 minutos. ¿No lo pidió? Entonces no tiene que hacer nada.

notice-unread-subject = Hay un mensaje sin abrir
notice-unread-body = Hay un mensaje que todavía no se ha abierto. Inicie sesión para leerlo:
