import { describe, expect, test } from 'vitest'
import { Pages } from '../../../src/engine/pages.ts'

describe('the pages of a journal', () => {
  const pages = new Pages(['a', 'bb', 'ä', ''])

  test('know where each line begins, in bytes', () => {
    expect(pages.from(0, 1000)).toEqual({ offset: 0, text: 'a\nbb\nä\n\n', through: 4 })
    expect(pages.from(2, 1000)).toEqual({ offset: 5, text: 'ä\n\n', through: 4 })
    expect(pages.from(3, 1000)).toEqual({ offset: 8, text: '\n', through: 4 })
    expect(pages.from(4, 1000)).toEqual({ offset: 9, text: '', through: 4 })
    expect([0, 2, 5, 8, 9].map((offset) => pages.lineAt(offset))).toEqual([0, 1, 2, 3, 4])
    expect(pages.bytesFrom(1)).toBe(7)
  })

  test('take whole lines, as many as fit, but at least one', () => {
    expect(pages.from(0, 5)).toEqual({ offset: 0, text: 'a\nbb\n', through: 2 })
    expect(pages.from(1, 1)).toEqual({ offset: 2, text: 'bb\n', through: 2 })
  })

  test('grow', () => {
    const pages = new Pages()
    expect(pages.from(0, 10)).toEqual({ offset: 0, text: '', through: 0 })
    pages.add('x')
    expect([pages.length, pages.bytesFrom(0)]).toEqual([1, 2])
  })
})
