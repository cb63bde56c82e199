import { expect, test } from 'vitest'
import { withVersion } from '../../../src/steps/app/command.ts'

test('a version takes its place in every word, and stays one word', () => {
  expect(withVersion(['podman', 'pull', 'shop:{version}', '{version}{version}'], '2.0.0')).toEqual([
    'podman',
    'pull',
    'shop:2.0.0',
    '2.0.02.0.0',
  ])
})

test('what a replacement would read as its own is a text like any other', () => {
  expect(withVersion(['{version}'], '$&')).toEqual(['$&'])
})
