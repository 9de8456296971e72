# The guard, for x86-64: lets execs pass once whoever watched them is gone. A whole ELF file of one segment, see guard-program.ts.
#   0  its life line: a byte, or its end, says that the watcher lets go
#   3  the listener
#   4  the calls that the watcher has received and may not have answered: a struct seccomp_notif every 128 bytes, or zeros
#   5  what can be read once the watcher is dead: its pidfd. The life line's end would not do for that: a child of the watcher's that
#      stands still in its first exec has a copy of it
    .code64
    .set LISTENER, 3
    .set CALLS, 4
    .set STRIDE, 128
    .set POLL_IN, 0x0001
    .set POLL_END, 0x0030              # POLLHUP, POLLNVAL; POLLERR is also said of a look that a signal cut short
    .set EINTR, 4
    .set WATCHER, 5
    .set NOTIF_RECV, 0xc0502100
    .set NOTIF_SEND, 0xc0182101
    # On the stack: struct pollfd of the life line @0, of the listener @8, of the watcher @16; the answer @24, 24 bytes; the call @48
    .set LIFE_WANTED, 4
    .set LIFE_FOUND, 6
    .set LISTENER_POLL, 8
    .set LISTENER_WANTED, 12
    .set LISTENER_FOUND, 14
    .set WATCHER_POLL, 16
    .set WATCHER_WANTED, 20
    .set WATCHER_FOUND, 22
    .set ANSWER, 24
    .set CALL, 48
file:
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
    .quad 0
    .short 2, 62                       # ET_EXEC, EM_X86_64
    .long 1
    .quad 0x400000 + start - file
    .quad segment - file
    .quad 0
    .long 0
    .short 64, 56, 1, 64, 0, 0
segment:
    .long 1, 5                         # PT_LOAD, readable and executable
    .quad 0, 0x400000, 0x400000
    .quad end - file, end - file, 0x1000
start:
    sub $256, %rsp
    movq $0, (%rsp)
    movb $POLL_IN, LIFE_WANTED(%rsp)
    movq $LISTENER, LISTENER_POLL(%rsp) # its end is told without being asked for
    movq $WATCHER, WATCHER_POLL(%rsp)
    movb $POLL_IN, WATCHER_WANTED(%rsp)
watch:
    mov %rsp, %rdi
    mov $3, %esi
    mov $-1, %edx
    mov $7, %eax                       # poll
    syscall
    test %eax, %eax
    js watch                           # EINTR
    testb $POLL_END, LISTENER_FOUND(%rsp)
    jnz leave                          # no task is left that could be stopped
    cmpw $0, LIFE_FOUND(%rsp)
    jne gone
    testb $POLL_IN, WATCHER_FOUND(%rsp)
    jz watch
gone:
    # The watcher is gone. What it had received first.
    movb $POLL_IN, LISTENER_WANTED(%rsp)
    xor %r12d, %r12d
received:
    mov $CALLS, %edi
    lea CALL(%rsp), %rsi
    mov $STRIDE, %edx
    mov %r12, %r10
    mov $17, %eax                      # pread64
    syscall
    cmp $STRIDE, %eax
    jne serve
    add $STRIDE, %r12
    call answer
    jmp received
serve:
    lea LISTENER_POLL(%rsp), %rdi
    mov $1, %esi
    mov $-1, %edx
    mov $7, %eax                       # poll
    syscall
    test %eax, %eax
    js serve
    testb $POLL_IN, LISTENER_FOUND(%rsp)
    jnz take
    testb $POLL_END, LISTENER_FOUND(%rsp)
    jz serve
leave:
    xor %edi, %edi
    mov $231, %eax                     # exit_group
    syscall
take:
    lea CALL(%rsp), %rdi
    mov $STRIDE / 8, %ecx
    xor %eax, %eax
    rep stosq
    mov $LISTENER, %edi
    mov $NOTIF_RECV, %esi
    lea CALL(%rsp), %rdx
    mov $16, %eax                      # ioctl
    syscall
    test %eax, %eax
    js serve                           # ENOENT: that task is gone
    call answer
    jmp serve
# Answers the call with CONTINUE; an id that nobody waits for is refused by the kernel, and nothing happens.
answer:
    mov 8 + CALL(%rsp), %rax
    mov %rax, 8 + ANSWER(%rsp)
    movq $0, 8 + ANSWER + 8(%rsp)
    movl $0, 8 + ANSWER + 16(%rsp)
    movl $1, 8 + ANSWER + 20(%rsp)     # SECCOMP_USER_NOTIF_FLAG_CONTINUE
    mov $LISTENER, %edi
    mov $NOTIF_SEND, %esi
    lea 8 + ANSWER(%rsp), %rdx
    mov $16, %eax                      # ioctl
    syscall
    cmp $-EINTR, %eax
    je answer
    ret
end:
