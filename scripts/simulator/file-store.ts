import { extname } from 'node:path'

const FILES_MAX = 2_000
const BYTES_MAX = 256 * 1024 * 1024

export type StoredFile = { id: string; name: string; mime: string; bytes: Buffer }

export type FileStore = {
  /** `image` is the content type of a picture whose name does not tell it. */
  add: (name: string, bytes: Buffer, image?: string) => StoredFile
  get: (id: string) => StoredFile | undefined
  /** Where the page opens it. */
  urlOf: (file: StoredFile) => string
}

// nothing that a browser would run may be served from here
const PICTURE = /^image\/(gif|jpeg|png|webp)$/

const MIME: Record<string, string> = {
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.zip': 'application/zip',
}

/** Files of both messengers, in memory; the oldest go when there are too many. */
export function createFileStore(baseUrl: string): FileStore {
  const files = new Map<string, StoredFile>()
  let total = 0
  let count = 0

  function makeRoom(): void {
    for (const [id, file] of files) {
      // the newest stays even when it alone is too large
      if ((files.size <= FILES_MAX && total <= BYTES_MAX) || files.size === 1) return
      files.delete(id)
      total -= file.bytes.length
    }
  }

  return {
    add: (name, bytes, image) => {
      count += 1
      const told = image && PICTURE.test(image) ? image : 'application/octet-stream'
      const mime = MIME[extname(name).toLowerCase()] ?? told
      const file = { id: `f${count}`, name, mime, bytes }
      files.set(file.id, file)
      total += bytes.length
      makeRoom()
      return file
    },
    get: (id) => files.get(id),
    urlOf: (file) => `${baseUrl}/simulator/files/${file.id}/${encodeURIComponent(file.name)}`,
  }
}

/** Width and height in pixels of a PNG or JPEG, null for anything else. */
export function imageSize(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null
  let at = 2
  while (at + 9 < bytes.length) {
    const marker = bytes.readUInt16BE(at)
    const isFrame =
      marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}
