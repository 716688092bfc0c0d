# Escribir a su propio médico.
direct-title = Quién lo lee primero
direct-team = El equipo
direct-person = A { $name } en persona
direct-first = { $name } lo lee primero. { $team } también puede leerlo y se ocupa cuando { $name } no está.
direct-stands-in = { $name } no está ahora. { $holder } lo lee primero. { $team } también puede leerlo.
direct-away = { $name } no está ahora. { $team } lo lee primero.
problem-direct = Ya no puede escribir a esta persona. Elija otra vez quién lo lee primero.
staff-direct = Escribir a un médico
staff-direct-about = Los pacientes de este equipo pueden elegir a uno de sus médicos para que lea primero su mensaje. El equipo también puede leerlo, y quien le sustituye lo recibe mientras no está.
staff-direct-on = Los pacientes pueden elegir a un médico
