# Por qué una conversación pasó a otro equipo, y qué se pregunta cuando vuelve.
pass-reason-medicine = conocen mejor este medicamento.
pass-reason-problem = conocen mejor este problema de salud.
pass-reason-visit = su visita fue con ellos.
pass-reason-question = se ocupan de este tipo de preguntas.
pass-reason-sooner = pueden responder antes.
pass-reason-office = de esto se ocupa la oficina.
pass-reason-sort = averiguan quién puede ayudarle mejor.
pass-own-words = Con mis propias palabras:
pass-why = Por qué, como lo lee el paciente
pass-own = Palabras propias (las lee el paciente)
pass-note = Solo para colegas
pass-back-title = Esto vuelve a un equipo que ya lo tuvo
pass-way = { $from } la pasó a { $to }
pass-way-by = { $way } ({ $by })
pass-back-ask = Si puede, pregunte antes a ese equipo. El paciente ve cada paso.
pass-back-desk = Fue y volvió demasiadas veces. Va a quien dirige { $team }, que decide de quién es.
staff-done-passed-desk = Pasada a quien dirige el equipo que reparte, que decide de quién es.
