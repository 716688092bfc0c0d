drafts-title = Borradores
drafts-text = Aún no los ha enviado. Solo usted los ve.
drafts-empty = No tiene borradores.
drafts-no-team = Aún sin equipo
drafts-no-title = Aún sin título
drafts-to = Para { $team }
drafts-reply = Respuesta a { $team }
search-title = Buscar en sus mensajes
search-label = Palabra que busca
search-hint = Buscamos en todos sus mensajes, nuevos y antiguos.
search-button = Buscar
search-results = Lo que encontramos
search-scanning = Seguimos buscando en sus mensajes más antiguos.
search-nothing = No encontramos nada. Pruebe con una palabra más corta.
search-found = { $count ->
    [one] 1 mensaje en esta página.
   *[other] { $count } mensajes en esta página.
}
search-again = Ver de nuevo
helping-title = ¿A quién quiere ayudar?
helping-empty = Nadie le ha pedido ayuda todavía. Pueden agregarle en su clínica.
helping-may-all = Puede leer y escribir mensajes.
helping-may-read = Puede leer mensajes.
helping-may-draft = Puede escribir borradores. La otra persona los envía.
helping-unread = { $count ->
    [one] 1 nuevo
   *[other] { $count } nuevos
}
helping-own = Ir a mis propios mensajes
confirm-delete-title = ¿Borrar este borrador?
confirm-delete-text = No podrá recuperarlo.
confirm-delete-button = Borrar
confirm-close-title = ¿Cerrar esta conversación?
confirm-close-text = Su equipo sabrá que ya no necesita respuesta. Puede volver a escribir cuando quiera.
confirm-close-button = Cerrarla
confirm-sessions-title = ¿Cerrar la sesión en los demás dispositivos?
confirm-sessions-text = Se cerrará la sesión en sus otros teléfonos y computadoras.
confirm-sessions-button = Cerrar las demás
confirm-session-title = ¿Cerrar la sesión en este dispositivo?
confirm-session-text = Quien lo use tendrá que entrar otra vez.
confirm-session-button = Cerrarla
confirm-retract-title = ¿Retirar su mensaje?
confirm-retract-text = Aparecerá como retirado. El primer texto queda en su expediente y su equipo puede abrirlo.
confirm-retract-reason = ¿Por qué? (puede dejarlo en blanco)
confirm-retract-button = Retirarlo
