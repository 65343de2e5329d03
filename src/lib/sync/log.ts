/** What of the engine's work goes into the ring log: names, numbers and local ids of what failed or was refused. */
import type { Answer, Command, CommandResult, EngineState, Question } from '#model/command.ts'
import { logIdOf, type Log } from '#model/log.ts'
import type { WireListener } from '#xmpp/wire.ts'

/** Failures that were not there before. */
export function logState(log: Log, before: EngineState, now: EngineState): void {
  const { failure, phase } = now.connection
  if (failure && failure !== before.connection.failure)
    log.note({ where: 'connection', what: failure.what, during: phase })
  const trouble = now.storageFailure
  if (trouble && trouble !== before.storageFailure) log.note({ where: 'storage', what: trouble.what })
}

/** The same listener; what the gate refuses is counted on the way. */
export function logRefusals(log: Log, listener: WireListener): WireListener {
  return {
    ...listener,
    incoming(event, number) {
      if (event.kind === 'refused') log.note({ where: 'gate', what: event.why })
      listener.incoming(event, number)
    },
  }
}

/** A command that came to nothing. */
export function logResult(log: Log, command: Command, result: CommandResult): CommandResult {
  if (!result.ok)
    log.note({
      where: 'request',
      what: result.failure.what,
      during: command.do,
      conversation: 'conversation' in command ? logIdOf(command.conversation) : undefined,
      size: command.do === 'send' ? command.body.length : undefined,
    })
  return result
}

/** A question that nobody could answer. */
export function logAnswer(log: Log, question: Question, answer: Answer): Answer {
  if (!answer.ok) log.note({ where: 'request', what: answer.failure.what, during: question.ask })
  return answer
}
