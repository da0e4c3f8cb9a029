;; SPDX-License-Identifier: Apache-2.0
;;
;; emacs --batch -Q -l tramp_client.el METHOD NAME FOLDER: writes FOLDER/source to the sandbox by TRAMP, reads
;; it back into FOLDER/back, lists, runs a command and deletes it there.

(require 'tramp)
(let* ((method (pop command-line-args-left))
       (name (pop command-line-args-left))
       (folder (pop command-line-args-left))
       (remote (format "/%s:%s:" method name))
       (file (concat remote "from-emacs")))
  (copy-file (concat folder "/source") file t)
  (with-temp-buffer
    (insert-file-contents file)
    (write-region nil nil (concat folder "/back")))
  (with-temp-buffer
    (insert "written as a buffer\n")
    (write-region nil nil file t))
  (unless (member "from-emacs" (directory-files remote))
    (error "It isn't listed"))
  (let ((default-directory remote))
    (unless (equal (shell-command-to-string "tail -n 1 from-emacs") "written as a buffer\n")
      (error "It isn't appended")))
  (delete-file file)
  (when (file-exists-p file)
    (error "It isn't deleted"))
  (princ "all went well\n"))
