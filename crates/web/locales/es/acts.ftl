# Pasos que se pueden deshacer, y el mismo paso con muchas conversaciones.
staff-event-undone = { $name } lo deshizo
staff-what-undo-work = Deshizo un paso del trabajo
