import { globSync } from 'node:fs'
import { defineConfig, type Plugin } from 'rolldown'

/** What is loaded by its path: by oclif (package.json), as a thread, as a process, and on the lab's hosts. */
const entries = [
  ...globSync('src/commands/**/*.ts'),
  'src/cli/start.ts',
  'src/cli/help.ts',
  'src/cli/command-not-found.ts',
  'src/probe/worker.ts',
  'src/probe/alone.ts',
  'src/lab/app/main.ts',
]

/** What renders and compares, with Handlebars and the diff: as much code again as most verbs need, and for a few of them. */
const rendering = /\/src\/(render\/|operations\/(config\/|render\.|rendered\.|secrets\.)|lib\/diff\.)/

/** Floors that are loaded as a whole. Of `cli` each command takes its own part, and waits for no prompts it will not need. */
const floor = /\/src\/(lib|fleet|render|hosts|daemons|engine|steps|operations|views|lab(?!\/app))\//

/** Two chunks that need each other: whichever is loaded first finds the other one empty, and zdt fails as it starts. */
const noCycles: Plugin = {
  name: 'no-cycles',
  generateBundle(_options, bundle) {
    const sound = new Set<string>()
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) this.error(`chunks need each other: ${[...path, file].join(' > ')}`)
      const chunk = bundle[file]
      if (chunk?.type !== 'chunk' || sound.has(file)) return
      for (const needed of chunk.imports) walk(needed, [...path, file])
      sound.add(file)
    }
    for (const file of Object.keys(bundle)) walk(file, [])
  },
}

/*
 * Start-up time is a feature, and most of it went into finding and reading 500 small files. Chunks lie two folders deep,
 * as the files of src's folders do: what they find from `import.meta.url` is the same.
 */
export default defineConfig({
  input: Object.fromEntries(entries.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
  platform: 'node',
  transform: { target: 'node22' },
  // It looks for its native code beside itself.
  external: ['ssh2'],
  plugins: [noCycles],
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { debugName: 'floors', name: (file) => (rendering.test(file) ? 'rendering' : (floor.exec(file)?.[1] ?? null)) },
        // Else it is put where it is needed first, in a chunk that needs the floor that needs it.
        { name: 'yaml', test: /\/node_modules\/yaml\// },
      ],
    },
  },
})
