# SPDX-License-Identifier: MIT
# Completion of vidmemctl's commands, options, and what these take.

_vidmemctl()
{
	local commands="list info vram top modes show screenshot vnc view record add remove plug unplug edid"
	local options="--device --mode --seconds --vram --edid --desktop --listen --password-file --input --help --version"
	local current=${COMP_WORDS[COMP_CWORD]} i command= names

	COMPREPLY=()
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-d | --device)
		COMPREPLY=($(compgen -W "$(echo /dev/dri/card*)" -- "$current"))
		return ;;
	--edid | --password-file)
		COMPREPLY=($(compgen -f -- "$current"))
		return ;;
	-m | --mode | -t | --seconds | --vram | --listen)
		return ;;
	esac
	if [[ $current == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$current"))
		return
	fi

	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ " $commands " != *" ${COMP_WORDS[i]} "* ]] || {
			command=${COMP_WORDS[i]}
			break
		}
	done
	names=$(ls /sys/kernel/config/vidmem 2>/dev/null)
	case $command-$((COMP_CWORD - i)) in
	-*)
		COMPREPLY=($(compgen -W "$commands" -- "$current")) ;;
	remove-1 | plug-1 | unplug-1 | edid-1)
		COMPREPLY=($(compgen -W "$names" -- "$current")) ;;
	show-1 | screenshot-1 | record-1 | edid-2)
		COMPREPLY=($(compgen -f -- "$current")) ;;
	esac
} && complete -o filenames -F _vidmemctl vidmemctl
