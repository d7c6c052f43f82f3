const decoder = new TextDecoder('windows-1251')
const BYTES = new Map(
  Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
)

/** The Windows-1251 bytes of a text. Throws RangeError for a character the code page does not have. */
export function encodeWindows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = BYTES.get(character)
    if (byte === undefined) throw new RangeError(`windows-1251 has no ${character}`)
    return byte
  })
}

/** The text of Windows-1251 bytes. */
export function decodeWindows1251(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** The character's byte, or undefined when the code page does not have it. */
export function windows1251Byte(character: string): number | undefined {
  return BYTES.get(character)
}
