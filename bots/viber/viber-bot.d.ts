/** The part of viber-bot 1.0.18 we use: its message types. The package has no typings of its own. */
declare module 'viber-bot' {
  type Json = Record<string, unknown>
  class MessageType {
    toJson(): Json
  }
  class TextMessage extends MessageType {
    constructor(text: string)
  }
  class FileMessage extends MessageType {
    constructor(url: string, sizeInBytes: number, filename: string)
  }
  const viber: { Message: { Text: typeof TextMessage; File: typeof FileMessage } }
  export default viber
}
