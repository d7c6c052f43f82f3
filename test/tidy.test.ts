import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from '@swc/core'
import { describe, expect, it } from '@jest/globals'
import { read, root, sources } from './support/sources.ts'

const LINES_MAX = 400
const FOLDERS = ['core', 'bots', 'api', 'templates', 'scripts', 'test']
const atRoot = readdirSync(root).filter((name) => name.endsWith('.ts'))
const files = [...atRoot, ...sources(...FOLDERS)]

/** Every name the code declares or uses. Keys of tables are data and may be in any language. */
function identifiers(file: string): string[] {
  const names: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    const { key, type, value, ...rest } = node as Record<string, unknown>
    if (type === 'Identifier' && typeof value === 'string') names.push(value)
    else visit(value)
    if (type !== 'KeyValueProperty') visit(key)
    for (const child of Object.values(rest)) visit(child)
  }
  visit(parseSync(read(file), { syntax: 'typescript', target: 'es2023' }))
  return names
}

/** Lines of code in which the pattern occurs; this file names what it looks for. */
function occurrences(pattern: RegExp, among: readonly string[]): string[] {
  return among
    .filter((file) => file !== path.join('test', 'tidy.test.ts'))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
    )
}

/** Paths named by the tree under a heading: a name at the start of each line, indented below its folder. */
function tree(markdown: string, heading: string): string[] {
  const [, block = ''] =
    new RegExp(`^## ${heading}\\n[^]*?^\`\`\`\\w*\\n([^]*?)^\`\`\``, 'm').exec(markdown) ?? []
  const folders: { indent: number; path: string }[] = []
  return block.split('\n').flatMap((line) => {
    const [, space = '', name] = /^( *)([\w.-]+\/?)(?: |$)/.exec(line) ?? []
    if (name === undefined) return []
    while ((folders.at(-1)?.indent ?? -1) >= space.length) folders.pop()
    const full = path.join(folders.at(-1)?.path ?? '', name)
    if (name.endsWith('/')) folders.push({ indent: space.length, path: full })
    return [full]
  })
}

describe('the repository', () => {
  it('names things in Latin letters', () => {
    const foreign = files.flatMap((file) =>
      identifiers(file)
        .filter((name) => /[^\x20-\x7e]/.test(name))
        .map((name) => `${file}: ${name}`),
    )
    expect(foreign).toEqual([])
  })

  it('has no file longer than four hundred lines', () => {
    const long = files.filter((file) => read(file).trimEnd().split('\n').length > LINES_MAX)
    expect(long).toEqual([])
  })

  it('puts nothing off', () => {
    expect(occurrences(/\b(?:TODO|FIXME|XXX|HACK)\b/, files)).toEqual([])
  })

  it('writes to its log, not to the console', () => {
    const product = files.filter((file) => !/^(?:scripts|test)\b/.test(file))
    expect(occurrences(/\bconsole\.\w+\(/, product)).toEqual([])
  })

  it('looks as the README says', () => {
    const named = tree(read('README.md'), 'The house')
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
  })
})
