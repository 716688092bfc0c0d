# Una respuesta que dice lo que se dijo hace un momento.
again-here = { $name } escribió casi lo mismo en esta conversación:
again-here-why = Su equipo ya lo tiene. Puede cambiar su texto, guardarlo o enviarlo de todos modos.
again-anyway-here = Enviar aquí de todos modos
