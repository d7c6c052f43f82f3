import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The root of the repository. */
export const root = path.join(import.meta.dirname, '../..')
const NOT_OURS = /(?:^|\/)(?:node_modules|generated|dist|data)(?:\/|$)/

/** Paths of the .ts files we wrote below these folders, from the root. */
export function sources(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(folder, file))
      .filter((file) => file.endsWith('.ts') && !NOT_OURS.test(file)),
  )
}

const texts = new Map<string, string>()

/** The text of a file, by its path from the root. */
export function read(file: string): string {
  const text = texts.get(file) ?? readFileSync(path.join(root, file), 'utf8')
  texts.set(file, text)
  return text
}
