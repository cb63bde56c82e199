import { expect, test } from 'vitest'
import { chunked } from '../../../src/lib/chunked.ts'

test('lines go together as far as they fit', () => {
  expect(chunked(['aa', 'bb', 'cc'], 6)).toEqual(['aa\nbb', 'cc'])
  expect(chunked(['a very long line', 'b'], 6)).toEqual(['a very long line', 'b'])
  expect(chunked([], 6)).toEqual([])
})
