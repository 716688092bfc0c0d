# Respuestas que salen del canal: llamadas, cartas, lo que se pidió; la lista de llamadas; letra grande.

# Lo que todos leen en la conversación
letter-call = Por teléfono con { $name }, { $time }
line-closed-answered = Cerrado: su equipo respondió. Todavía puede escribir aquí.
line-closed-callback = Cerrado: su equipo llamó. Arriba está lo que se dijo. Todavía puede escribir aquí.
line-closed-appointment = Cerrado: su equipo pidió una cita. La oficina le dirá cuándo es.
line-closed-appointment-what = Cerrado: su equipo pidió una cita: { $what }. La oficina le dirá cuándo es.
line-closed-refill = Cerrado: su equipo pidió más medicina. La farmacia le llamará.
line-closed-refill-what = Cerrado: se pidió más medicina: { $what }. La farmacia le llamará.
line-closed-order = Cerrado: su equipo pidió lo que usted necesita. Le dirán qué sigue.
line-closed-order-what = Cerrado: su equipo pidió { $what }. Le dirán qué sigue.
line-closed-handed_over = Cerrado aquí: ahora lo tiene otro equipo y seguirá con ello.
line-closed-handed_over-what = Cerrado aquí: ahora lo tiene { $what } y seguirá con ello.
line-closed-answered_elsewhere = Cerrado: usted recibió la respuesta por otra vía. Todavía puede escribir aquí.
line-closed-answered_elsewhere-what = Cerrado: usted recibió la respuesta por otra vía: { $what }. Todavía puede escribir aquí.
line-closed-no_answer_needed = Cerrado: no hacía falta respuesta. Todavía puede escribir aquí.
line-closed-on = Fecha: { $date }.
line-closed-remark = Agregan: { $remark }
line-tried-voicemail = { $who } llamó y dejó un mensaje de voz.
line-tried-nobody = { $who } llamó. Nadie contestó.
line-tried-said = Dice: { $text }
line-at = Cuándo: { $time }.
line-brought-read_out = { $who } leyó esto en voz alta a { $to }.
line-brought-handed_over = { $who } entregó esto en papel a { $to }.
line-brought-posted = { $who } envió esto por correo a { $to }.

# Cerrar
staff-close-title = Cerrar
staff-close-reads = El paciente lee: «{ $text }»
staff-close-on = Fecha (no hace falta)
staff-what-appointment = ¿Qué cita se pidió?
staff-what-refill = ¿Qué medicina?
staff-what-order = ¿Qué se pidió?
staff-what-handed_over = ¿Quién lo tiene ahora?
staff-what-answered_elsewhere = ¿Dónde se contestó?
staff-fault-what = Dígalo con palabras sencillas: el paciente las lee.
staff-fault-on = Escriba una fecha, a dos años como mucho.

# Anotar una llamada o carta
staff-contact = Anotar una llamada o entrega
staff-contact-title = Anotar una llamada o entrega
staff-contact-closing = Cerrar: se llamó al paciente
staff-contact-about = Una llamada queda como mensaje de usted, en su lugar. Si nadie contestó, no es respuesta: el plazo sigue corriendo.
staff-contact-closing-about = La llamada queda como mensaje de usted y cierra la conversación. Si nadie contestó, se anota el intento, la conversación sigue abierta y el plazo sigue corriendo.
staff-contact-no-phone = No hay teléfono anotado.
staff-contact-how = ¿Qué pasó?
staff-contact-spoke = Llamé y hablé con alguien
staff-contact-voicemail = Llamé y dejé un mensaje de voz
staff-contact-nobody = Llamé y nadie contestó
staff-contact-read_out = Leí la respuesta en voz alta
staff-contact-handed_over = La entregué en papel
staff-contact-posted = La envié por correo
staff-contact-with = ¿Con quién o a quién?
staff-contact-other = Otra persona
staff-contact-who = Nombre de la otra persona
staff-contact-at = Cuándo
staff-contact-said = Qué se dijo
staff-contact-said-hint = Lo leen el paciente y quienes le ayudan. Si habló con alguien, hace falta.
staff-contact-go = Anotar
staff-contact-close-go = Anotar la llamada y cerrar
staff-fault-how = Elija qué pasó.
staff-fault-with = Elija a alguien de la lista.
staff-fault-who = Escriba el nombre.
staff-fault-at = Escriba una hora de los últimos treinta días, no una futura.
staff-fault-said = Escriba qué se dijo por teléfono.
staff-done-called = Anotado. Queda como mensaje de usted.
staff-done-tried = Anotado como intento. La conversación sigue abierta y su plazo sigue corriendo.
staff-done-brought = Anotado como entregado.
staff-tried =
    { $n ->
        [one] 1 llamada intentada
       *[other] { $n } llamadas intentadas
    }
staff-calls-back = Volver a la lista de llamadas

# Preguntas numeradas
staff-questions-open =
    { $n ->
        [one] { $n } de { $all } sin respuesta
       *[other] { $n } de { $all } sin respuesta
    }
staff-questions-ours = Usted preguntó al paciente
staff-questions-waits = Se espera al paciente
staff-question-aside-do = Dejar de lado…
staff-question-aside-because = Se dejó de lado: «{ $reason }»
staff-question-why = ¿Por qué? El paciente lo lee.
staff-reply-answers = Esto responde a
staff-reply-answers-more = Lo que no marque queda sin respuesta y se le dice al paciente.
staff-reply-ask = Preguntar al paciente
staff-reply-ask-n = Pregunta { $n }
staff-reply-ask-for = Usted necesita
staff-contact-answers = ¿Qué preguntas respondió la llamada?
staff-fault-questions = Queda una pregunta sin respuesta. Diga de cada una si está respondida, o déjela de lado.
staff-fault-question-reason = Diga por qué se deja de lado.
staff-fault-question = Quien pregunta espera la respuesta: envíe sin cerrar.
thread-questions-open =
    { $n ->
        [one] { $n } de { $all } preguntas suyas sigue sin respuesta.
       *[other] { $n } de { $all } preguntas suyas siguen sin respuesta.
    }

# La lista de llamadas
staff-rail-calls = Por llamar
staff-calls-title = Por llamar
staff-calls-about = Nadie abrió estas respuestas a tiempo y no queda otra vía. Llame, lea la respuesta en voz alta o envíela en papel, y anótelo aquí.
staff-calls-empty = No hay que llamar a nadie.
staff-calls-empty-more = Las respuestas sin abrir llegan aquí solas, después de un segundo aviso y de avisar a quien ayuda.
staff-calls-since = Sin abrir desde hace
staff-calls-tried = Intentos
staff-calls-record = Anotar una llamada
staff-class-urgent = urgente
staff-class-prompt = resultado o medicina
staff-class-ordinary = corriente
staff-read-back-link = Respuestas que nadie abre
staff-read-back-title = Respuestas que nadie abre
staff-read-back-about = Si nadie de parte del paciente abre una respuesta en estas horas, sale un segundo aviso, luego se avisa a quien ayuda y puede leerla, y al final llega a la lista de llamadas del equipo. Los pacientes sin cuenta están en la lista enseguida. Cuentan el día y la noche; un día en que el equipo no trabaja no cuenta, salvo para lo de ahora o de hoy.
staff-read-back-urgent = Horas para lo de ahora o de hoy
staff-read-back-prompt = Horas para resultados y medicinas
staff-read-back-ordinary = Horas para todo lo demás
staff-fault-urgent = Escriba horas de 0.25 a 720, no más que para resultados y medicinas.
staff-fault-prompt = Escriba horas de 0.25 a 720, no más que para todo lo demás.
staff-fault-ordinary = Escriba horas de 0.25 a 720.

# Letra grande
staff-large = Letra grande
staff-large-all = Imprimir toda la conversación
staff-large-one = Imprimir solo la última respuesta
staff-large-record = Anotar que se leyó, se entregó o se envió
large-title = Respuesta en letra grande
large-phone = Teléfono
large-for = Para { $name }
large-questions = Por favor díganos
large-call = ¿Preguntas? Llame al { $phone }.
large-printed = Impreso: { $time }
large-nothing = Todavía no hay respuesta.
