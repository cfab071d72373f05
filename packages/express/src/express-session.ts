import type { LoginOptions, RegenerateOptions, Session, SessionMembers, UntypedData } from '@sess/core';
import type { Callback } from '@sess/node';

/** A session on Express: its verbs also take a Node callback, since passport and similar libraries pass one. */
export type ExpressSession<T extends object = UntypedData> = Session<T> & CallbackVerbs<T>;

/** The verbs with a callback in place of the promise. */
export interface CallbackVerbs<T extends object> {
  save: SessionMembers<T>['save'] & ((callback: Callback) => void);
  reload: SessionMembers<T>['reload'] & ((callback: Callback) => void);
  touch: SessionMembers<T>['touch'] & ((callback: Callback) => void);
  login: SessionMembers<T>['login'] & {
    (subject: string, callback: Callback): void;
    (subject: string, options: LoginOptions, callback: Callback): void;
  };
  rotate: SessionMembers<T>['rotate'] & ((callback: Callback) => void);
  /**
   * With a callback, as in express-session: `req.session` is another object afterwards, and the previous one is a read-only snapshot
   * of the old data.
   */
  regenerate: SessionMembers<T>['regenerate'] & {
    (callback: Callback): void;
    (options: RegenerateOptions<T>, callback: Callback): void;
  };
  destroy: SessionMembers<T>['destroy'] & ((callback: Callback) => void);
}
