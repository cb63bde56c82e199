import { expect, test } from 'vitest'
import { foundWords } from '../../../src/views/found-words.ts'

test.each([
  [{ admin: 'ready', serving: true }, 'admin ready, serving yes'],
  [{ weight: 100, initialWeight: 100 }, 'weight 100, initial weight 100'],
  [{ sha256: null }, 'sha256 nothing'],
  [{ old: { pid: 812, version: '1.22.1' }, log: null }, 'old (pid 812, version 1.22.1), log nothing'],
  [{ enabled: false, stale: [] }, 'enabled no, stale none'],
  ['ready', 'ready'],
  [null, 'nothing'],
])('what a step found, %j, in words', (found, words) => expect(foundWords(found)).toBe(words))
