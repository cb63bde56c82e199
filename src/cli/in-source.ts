import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * A stack told in lines of `src/`: those of the build tell nobody where to look. Done for a bug alone, as Node's own way
 * (`--enable-source-maps`) costs every start 10 ms. A place without a map stays as it was.
 */
export function inSource(stack: string): string {
  return stack.replaceAll(/(file:\/\/\S+?\.js):(\d+):(\d+)/g, (built, file: string, line: string, column: string) => {
    try {
      const payload = JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, 'utf8')) as SourceMapPayload
      const origin = new SourceMap(payload).findOrigin(Number(line), Number(column))
      if (!('fileName' in origin)) return built
      return `${new URL(origin.fileName, file).href}:${origin.lineNumber}:${origin.columnNumber}`
    } catch {
      return built
    }
  })
}
