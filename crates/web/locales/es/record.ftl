# Una respuesta de un registro importado que alguien tiene que mirar: la pregunta 9 del PHQ-9.
record-sign = Respuesta mayor que cero a la pregunta 9 del PHQ-9
record-recognised = Encontrado en un registro importado
record-source = PHQ-9, pregunta 9: LOINC 44260-8
record-answer-0 = Respuesta: un número mayor que cero que la escala no tiene.
record-answer-1 = Respuesta: varios días (1 de 3).
record-answer-2 = Respuesta: más de la mitad de los días (2 de 3).
record-answer-3 = Respuesta: casi todos los días (3 de 3).
record-date = Fecha de la respuesta: { $date }.
record-no-date = El registro no dice cuándo se dio.
record-came = La pregunta trata de pensamientos de que uno estaría mejor muerto o de hacerse daño. La respuesta llegó con un registro importado; quizá nadie aquí la ha visto.
record-do = Llame al paciente ahora.
record-do-more = Pregunte cómo está y si está a salvo, y siga su plan para estas respuestas.
record-no-phone = No hay ningún teléfono registrado.
record-crisis = Línea de crisis para darle:
record-close = Cuando hayan hablado, cierre esto y anote lo que se dijo. El paciente y quienes le ayudan no ven nada de esto.
flag-row-record = Aviso: respuesta en un registro importado
