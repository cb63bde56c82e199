// Loaded into a zdt (`node --import`), so that it kills itself before a text in ZDT_HALT_BEFORE leaves it, to whomever: nothing
// of what was to be sent is.
import { Duplex, Writable } from 'node:stream'

const text = process.env['ZDT_HALT_BEFORE']
if (text !== undefined) for (const { prototype } of [Writable, Duplex]) watch(prototype, text)

function watch(prototype: object, text: string): void {
  const write = Reflect.get(prototype, 'write') as (...args: unknown[]) => boolean
  Reflect.set(prototype, 'write', function (this: unknown, ...args: unknown[]): boolean {
    const isTold = this === process.stdout || this === process.stderr
    if (!isTold && String(args[0]).includes(text)) process.kill(process.pid, 'SIGKILL')
    return Reflect.apply(write, this, args)
  })
}
