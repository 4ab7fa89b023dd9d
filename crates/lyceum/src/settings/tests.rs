use super::*;

fn arguments(command: &Command, verb: &str) -> Vec<Arg> {
    let verb = command.find_subcommand(verb).unwrap();
    let all = verb.get_arguments().chain(command.get_arguments());
    all.filter(|arg| arg.get_id() != "help" && arg.get_id() != "version")
        .cloned()
        .collect()
}

#[test]
fn every_flag_of_serve_is_a_setting() {
    let command = command();
    let known = known(&command);
    let serve = arguments(&command, "serve");
    assert!(serve.len() > 20);
    for arg in &serve {
        let long = arg.get_long().expect("serve takes nothing but flags");
        let variable = arg
            .get_env()
            .map(|name| name.to_string_lossy().into_owned());
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.len() > 10, "--{long} is not explained");
        if OF_A_RUN.contains(&long) {
            continue;
        }
        let key = long.replace('-', "_");
        assert_eq!(variable.unwrap(), format!("LYCEUM_{}", key.to_uppercase()));
        assert!(
            known.iter().any(|k| super::key(k) == key),
            "{key} is no key"
        );
    }
    assert_eq!(known.len(), serve.len() - OF_A_RUN.len());
    // `config` shows the same, and the file is read for all verbs that are about the server.
    let names = |verb| -> Vec<String> {
        let all = arguments(&command, verb);
        all.iter().map(|arg| arg.get_id().to_string()).collect()
    };
    assert_eq!(names("serve"), names("config"));
    for verb in ["serve", "config", "keys", "env"] {
        assert!(names(verb).contains(&"config".to_owned()));
    }
}

#[test]
fn the_command_line_is_sound() {
    command().debug_assert();
}
