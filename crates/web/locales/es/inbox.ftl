inbox-title = Mensajes
inbox-new = Escribir un mensaje
inbox-promise = { $days ->
    [one] Queremos responder en 1 día hábil.
   *[other] Queremos responder en { $days } días hábiles.
}
inbox-sooner = ¿Necesita ayuda antes? Vea a quién llamar
inbox-filter = Qué mensajes mostrar
inbox-open = Abiertos
inbox-turn = Le toca a usted
inbox-closed = Cerrados
inbox-empty = No tiene mensajes abiertos. Escriba uno cuando tenga una pregunta para su equipo.
inbox-empty-turn = Nadie espera una respuesta de usted.
inbox-empty-closed = No tiene mensajes cerrados.
inbox-new-from = Mensaje nuevo de
inbox-from = Mensaje de
inbox-you-to = Usted escribió a { $team }
inbox-files = { $count ->
    [one] Tiene 1 archivo
   *[other] Tiene { $count } archivos
}
inbox-draft = Tiene un borrador aquí
pager-label = Páginas
pager-older = Mensajes más antiguos
pager-newest = Volver a los más nuevos
