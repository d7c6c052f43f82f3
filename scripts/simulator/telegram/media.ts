import { imageSize } from '../file-store.ts'
import { type UploadedFile } from '../multipart.ts'
import { badRequest, BotApiRefusal, type Call } from './call.ts'
import { forgetOldest, type State, type Upload } from './state.ts'
import { type FileRef } from './wire-types.ts'

export const UPLOAD_BYTES_MAX = 50 * 1024 * 1024
export const DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024
const PHOTO_BYTES_MAX = 10 * 1024 * 1024
const UPLOADS_MAX = 20_000
const FETCH_TIMEOUT_MS = 10_000

/** The content of a message with this upload. */
export function mediaContent({ ref, kind }: Upload): { document: FileRef } | { photo: FileRef[] } {
  if (kind === 'document') return { document: ref }
  const { file_id, file_unique_id, file_size } = ref
  const [width, height] = [ref.width ?? 0, ref.height ?? 0]
  const thumbnail = { file_id: `${file_id}-s`, file_unique_id: `${file_unique_id}s`, file_size }
  return {
    photo: [
      { ...thumbnail, width: Math.min(width, 90), height: Math.min(height, 90) },
      { file_id, file_unique_id, file_size, width, height },
    ],
  }
}

/** The file a call sends as `source`: uploaded, `attach://` name, known file_id or URL. */
export async function uploadOf(
  state: State,
  call: Call,
  kind: Upload['kind'],
  field: string,
  source: string | undefined,
): Promise<Upload> {
  const uploaded = call.files.get(
    source?.startsWith('attach://') ? source.slice('attach://'.length) : field,
  )
  if (uploaded) return storeUpload(state, kind, uploaded)
  if (!source) return badRequest(`there is no ${kind} in the request`)
  if (/^https?:\/\//.test(source)) return storeUpload(state, kind, await fetched(state, source))

  const known = state.uploads.get(source)
  if (!known) return badRequest('wrong file identifier/HTTP URL specified')
  if (known.kind !== kind) {
    const [from, to] = known.kind === 'photo' ? ['Photo', 'Document'] : ['Document', 'Photo']
    badRequest(`can't use file of type ${from} as ${to}`)
  }
  return known
}

/** Keeps a file; refuses what Telegram refuses of its size and, for a photo, of its content. */
export function storeUpload(state: State, kind: Upload['kind'], file: UploadedFile): Upload {
  if (file.bytes.length === 0) badRequest('file must be non-empty')
  if (file.bytes.length > UPLOAD_BYTES_MAX) throw new BotApiRefusal(413, 'Request Entity Too Large')
  const size = kind === 'photo' ? imageSize(file.bytes) : null
  if (kind === 'photo' && file.bytes.length > PHOTO_BYTES_MAX)
    badRequest('file is too big for a photo')
  if (kind === 'photo' && !size) badRequest('IMAGE_PROCESS_FAILED')

  const stored = state.files.add(file.name, file.bytes)
  const unique = `${state.wire}-${stored.id}`
  const ref: FileRef = {
    file_id: Buffer.from(`${kind}:${unique}`).toString('base64url'),
    file_unique_id: unique,
    file_size: file.bytes.length,
    ...(kind === 'document' && {
      file_name: file.name,
      mime_type: stored.mime.split(';')[0] ?? stored.mime,
    }),
    ...size,
  }
  const upload: Upload = { ref, kind, file: stored }
  state.uploads.set(ref.file_id, upload)
  if (kind === 'photo') state.uploads.set(`${ref.file_id}-s`, upload)
  forgetOldest(state.uploads, UPLOADS_MAX)
  return upload
}

async function fetched(state: State, url: string): Promise<UploadedFile> {
  const request = { method: 'GET', timeoutMs: FETCH_TIMEOUT_MS } as const
  const answer = await state.client
    .send(url, { ...request, limitBytes: DOWNLOAD_BYTES_MAX })
    .catch(() => null)
  if (answer?.status !== 200) return badRequest('failed to get HTTP URL content')
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) || 'file')
  return { name, bytes: answer.body }
}
