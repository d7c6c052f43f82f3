import { type Call } from './call.ts'
import {
  closeForumTopic,
  createForumTopic,
  deleteMyCommands,
  editForumTopic,
  getChat,
  getChatMember,
  getChatMenuButton,
  getMyCommands,
  setChatMenuButton,
  setMyCommands,
} from './chat-methods.ts'
import {
  answerCallbackQuery,
  deleteMessage,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  getFile,
  pinChatMessage,
} from './edit-methods.ts'
import {
  copyMessage,
  forwardMessage,
  sendChatAction,
  sendMedia,
  sendMediaGroup,
  sendMessage,
} from './send-methods.ts'
import { type State } from './state.ts'

type Method = (state: State, call: Call) => unknown

/** The Bot API methods the simulator knows, by name in lower case; getUpdates is the server's own. */
export const METHODS: Record<string, Method> = {
  getme: ({ me }) => ({
    ...me,
    can_join_groups: true,
    can_read_all_group_messages: true,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
  }),
  setwebhook: ({ updates }, call) => updates.setWebhook(call),
  deletewebhook: ({ updates }, call) => updates.deleteWebhook(call),
  getwebhookinfo: ({ updates }) => updates.webhookInfo(),
  sendmessage: sendMessage,
  senddocument: (state, call) => sendMedia(state, call, 'document'),
  sendphoto: (state, call) => sendMedia(state, call, 'photo'),
  sendmediagroup: sendMediaGroup,
  copymessage: copyMessage,
  forwardmessage: forwardMessage,
  sendchataction: sendChatAction,
  editmessagetext: editMessageText,
  editmessagecaption: editMessageCaption,
  editmessagereplymarkup: editMessageReplyMarkup,
  deletemessage: deleteMessage,
  pinchatmessage: pinChatMessage,
  answercallbackquery: answerCallbackQuery,
  getfile: getFile,
  setmycommands: setMyCommands,
  getmycommands: getMyCommands,
  deletemycommands: deleteMyCommands,
  setchatmenubutton: setChatMenuButton,
  getchatmenubutton: getChatMenuButton,
  getchat: getChat,
  getchatmember: getChatMember,
  createforumtopic: createForumTopic,
  editforumtopic: editForumTopic,
  closeforumtopic: (state, call) => closeForumTopic(state, call, true),
  reopenforumtopic: (state, call) => closeForumTopic(state, call, false),
}

/** Whether a person sees what the method does: faults by rate befall these. */
export function reachesPerson(method: string): boolean {
  return /^(send|copy|forward|edit|delete(?!webhook|mycommands)|answer)/i.test(method)
}
