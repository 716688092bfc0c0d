drafts-title = Borradores
drafts-text = Aún no los ha enviado. Solo usted los ve.
drafts-sending = Enviando…
drafts-handed = En manos de { $patient }
drafts-handed-text = Se los dio a { $patient }, que puede leerlos y decide qué se envía.
drafts-unsent = No se envió. Léalo otra vez y envíelo.
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
drafts-own = Sus propios borradores
drafts-prepared = Preparado para usted
drafts-prepared-text = Lo escribió alguien que le ayuda. No se envía nada hasta que usted lo envíe.
drafts-prepared-by = De { $name }
prepared-title = Preparado para usted
prepared-text = { $name } escribió esto para usted. No se ha enviado. Usted decide qué hacer.
prepared-when = Entregado
prepared-said = Si lo envía, va a su nombre. Su equipo verá que { $name } lo preparó.
prepared-take = Usar este texto
prepared-decline = No lo quiero
prepared-thread = Leer la conversación a la que responde
prepared-back = Volver a los borradores
prepared-note = { $name } preparó un texto para usted.
prepared-look = Verlo
confirm-decline-title = ¿Dejar este texto a un lado?
confirm-decline-text = Ya no lo verá. { $name } lo conserva y puede ver que usted no lo quiere.
confirm-decline-button = Dejarlo a un lado
hand-over-text = { $patient } verá esto y decidirá. El equipo no recibe nada hasta que { $patient } lo envíe.
hand-over-button = Dárselo a { $patient }
offered-title = Su borrador
offer-state-offered = { $patient } tiene ahora su borrador.
offer-state-taken = { $patient } se quedó con su borrador.
offer-state-declined = { $patient } no quiere usar su borrador.
offered-offered-text = { $patient } verá esto y decidirá: cambiarlo, enviarlo o dejarlo a un lado. El equipo no lo ha visto.
offered-taken-text = { $patient } puede cambiarlo y enviarlo. Si lo envía, dirá que usted lo preparó.
offered-declined-text = Puede cambiarlo y darlo otra vez, o borrarlo.
offered-offered-back = Recuperarlo
offered-taken-back = Usarlo para un nuevo borrador
offered-declined-back = Cambiarlo
prepared-waiting = { $count ->
    [one] Alguien que le ayuda preparó un texto para usted.
   *[other] Hay { $count } textos preparados para usted.
}
