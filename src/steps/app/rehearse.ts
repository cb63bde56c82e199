import { bracketed } from '../../daemons/linux/ip.ts'
import { rehearse, type Rehearsed } from '../../daemons/app/rehearse.ts'
import type { Answered } from '../../daemons/answered/share.ts'
import { judge } from '../../daemons/answered/verdict.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { appThing } from '../things.ts'

/** Where one listens. */
type Place = { readonly server: string; readonly address: string; readonly port: number }

type Input = Place & {
  readonly pool: string
  /** Asked in turn. */
  readonly paths: readonly string[]
  readonly requests: number
  /** A server that serves: what comes is to be no slower, and no worse. None where nobody else serves. */
  readonly beside?: Place & { readonly host: HostName }
  readonly limits: { readonly maxErrors: number; readonly maxSlower: Millis }
  /** How long all of it may take. */
  readonly timeout: Millis
}

/** What both have answered so far; of this process alone. */
const memory = new WeakMap<Input, { readonly own: Rehearsed; readonly other: Rehearsed }>()

const none: Rehearsed = { answers: 0, errors: 0, silent: 0, tookInAll: 0, timed: 0 }

/** Fewer tell nothing; and so many are asked of the one that serves. */
const few = 20

/**
 * Has a new version answer many requests before anybody is sent to it: one that errs now and then, or is slow, costs nobody a request.
 * It warms it up as well.
 */
export const rehearseApp = defineWait<Input>({
  kind: 'app.rehearse',
  describe: ({ pool, server, address, port, requests, paths, beside }) => ({
    title: `${pool}/${server} answers ${requests} ${requests === 1 ? 'request' : 'requests'} on its own${
      beside ? `, no worse and no slower than ${beside.server}` : ''
    }`,
    commands: paths.map((path) => {
      const url = `http://${bracketed(address)}:${port}${path}`
      return `${quote(['curl', '-gsS', '-o', '/dev/null', '-w', '%{http_code} %{time_starttransfer}\\n', url])}   # as often as that`
    }),
  }),
  look: (input, on) =>
    lookAgain(on, async (on) => {
      const { server, paths, requests, beside, limits } = input
      const known = memory.get(input) ?? { own: none, other: none }
      const ask = (from: number, count: number, { address, port }: Place) => ({
        address,
        port,
        paths,
        requests: count,
        from,
      })
      const [more, beyond] = await Promise.all([
        rehearse(on.host, ask(known.own.answers, requests - known.own.answers, input), on.signal),
        beside && known.other.answers < few
          ? rehearse(
              await on.other(beside.host),
              ask(known.other.answers, few - known.other.answers, beside),
              on.signal,
            )
          : none,
      ])
      const [own, other] = [plus(known.own, more), plus(known.other, beyond)]
      memory.set(input, { own, other })
      const answered = [toAnswered(server, own), ...(beside ? [toAnswered(beside.server, other)] : [])]
      const { says, text } = judge(answered, [], [server], { ...limits, samples: Math.min(few, requests) })
      const silent = own.silent > 0 ? `; ${own.silent} without any answer` : ''
      if (beside && other.answers >= few && other.errors * 2 >= other.answers) {
        const well = `${other.answers - other.errors} of ${other.answers} requests well`
        throw new NoUseWaiting(`${beside.server}, which serves, answers ${well}: ${paths.join(', ')} tell nothing`, {
          host: on.host.name,
          suggestions: ['name paths that answer below 400 in rehearse.paths'],
        })
      }
      if (says === 'fail') throw new NoUseWaiting(`${text}${silent}`, { host: on.host.name })
      return { ...notYet(own.answers < requests && `${own.answers} of ${requests}: ${text}`), came: text }
    }),
  timeout: ({ timeout }) => timeout,
  interval: () => 0,
  protects: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
})

function plus(one: Rehearsed, other: Rehearsed): Rehearsed {
  return {
    answers: one.answers + other.answers,
    errors: one.errors + other.errors,
    silent: one.silent + other.silent,
    tookInAll: one.tookInAll + other.tookInAll,
    timed: one.timed + other.timed,
  }
}

function toAnswered(server: string, { answers, errors, tookInAll, timed }: Rehearsed): Answered {
  return { server, answers, errors, took: timed === 0 ? null : Math.round(tookInAll / timed) }
}
