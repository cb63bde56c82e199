import { expect, test } from 'vitest'
import { Slots } from '../../../src/hosts/slots.ts'

test('as many as there are places get in; the next waits for the first to leave', async () => {
  const slots = new Slots(2)
  const [first] = [await slots.take(), await slots.take()]
  let third = false
  const waiting = slots.take().then((release) => {
    third = true
    return release
  })
  await Promise.resolve()
  expect(third).toBe(false)
  first()
  first()
  await waiting
  expect(third).toBe(true)
})

test('one who gives up waiting leaves the queue', async () => {
  const slots = new Slots(1)
  const release = await slots.take()
  const stop = new AbortController()
  const gaveUp = slots.take(stop.signal)
  const next = slots.take()
  stop.abort(new Error('Ctrl-C'))
  await expect(gaveUp).rejects.toThrow('Ctrl-C')
  release()
  ;(await next)()
  await expect(slots.take(AbortSignal.abort(new Error('already')))).rejects.toThrow('already')
})
